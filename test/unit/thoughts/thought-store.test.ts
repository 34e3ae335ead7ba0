import { thoughtContract } from '../../support/contracts/thought-contract.ts';
import { thoughtCreateContract } from '../../support/contracts/thought-create-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

const makeTable = async () => new MemoryTable();

thoughtContract(makeTable);
thoughtCreateContract(makeTable);
