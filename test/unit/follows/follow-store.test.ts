import { followContract } from '../../support/contracts/follow-contract.ts';
import { followModelContract } from '../../support/contracts/follow-model-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

const makeTable = async () => new MemoryTable();

followContract(makeTable);
followModelContract(makeTable, 150);
