import { erasureContract } from '../../support/contracts/erasure-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

erasureContract(async () => new MemoryTable());
