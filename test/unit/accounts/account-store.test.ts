import { accountContract } from '../../support/contracts/account-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

accountContract(async () => new MemoryTable());
