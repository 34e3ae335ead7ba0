import { inject } from 'vitest';
import { followContract } from '../../support/contracts/follow-contract.ts';
import { followModelContract } from '../../support/contracts/follow-model-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

const makeTable = tableMaker(inject('engine'));

followContract(makeTable);
followModelContract(makeTable, 12);
