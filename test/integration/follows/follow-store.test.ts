import { inject } from 'vitest';
import { followContract } from '../../support/contracts/follow-contract.ts';
import { followModelContract } from '../../support/contracts/follow-model-contract.ts';
import { freshTable } from '../../support/real-table.ts';

const makeTable = async () => (await freshTable(inject('engine'))).table;

followContract(makeTable);
followModelContract(makeTable, 12);
