import { presenceContract } from '../../support/contracts/presence-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

presenceContract(async () => new MemoryTable());
