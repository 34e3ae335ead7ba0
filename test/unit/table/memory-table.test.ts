import { tableReadContract } from '../../support/contracts/table-read-contract.ts';
import { tableWriteContract } from '../../support/contracts/table-write-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

const makeTable = async () => new MemoryTable();

tableWriteContract(makeTable);
tableReadContract(makeTable);
