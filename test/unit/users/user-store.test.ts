import { userContract } from '../../support/contracts/user-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

userContract(async () => new MemoryTable());
