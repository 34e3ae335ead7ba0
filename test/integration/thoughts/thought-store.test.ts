import { inject } from 'vitest';
import { thoughtContract } from '../../support/contracts/thought-contract.ts';
import { thoughtCreateContract } from '../../support/contracts/thought-create-contract.ts';
import { freshTableWithoutStream } from '../../support/real-table.ts';

const makeTable = async () => (await freshTableWithoutStream(inject('engine'))).table;

thoughtContract(makeTable);
thoughtCreateContract(makeTable);
