import { inject } from 'vitest';
import { entryContract } from '../../support/contracts/entry-contract.ts';
import { listContract } from '../../support/contracts/list-contract.ts';
import { timelineContract } from '../../support/contracts/timeline-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

const makeTable = tableMaker(inject('engine'));

timelineContract(makeTable);
entryContract(makeTable);
listContract(makeTable);
