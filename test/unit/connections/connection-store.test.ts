import { connectionContract } from '../../support/contracts/connection-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

connectionContract(async () => new MemoryTable());
