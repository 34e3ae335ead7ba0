import { inject } from 'vitest';
import { tableReadContract } from '../../support/contracts/table-read-contract.ts';
import { tableWriteContract } from '../../support/contracts/table-write-contract.ts';
import { freshTableWithoutStream } from '../../support/real-table.ts';

const makeTable = async () => (await freshTableWithoutStream(inject('engine'))).table;

tableWriteContract(makeTable);
tableReadContract(makeTable);
