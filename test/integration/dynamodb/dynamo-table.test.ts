import { inject } from 'vitest';
import { tableReadContract } from '../../support/contracts/table-read-contract.ts';
import { tableWriteContract } from '../../support/contracts/table-write-contract.ts';
import { freshTable } from '../../support/real-table.ts';

const makeTable = async () => (await freshTable(inject('engine'))).table;

tableWriteContract(makeTable);
tableReadContract(makeTable);
