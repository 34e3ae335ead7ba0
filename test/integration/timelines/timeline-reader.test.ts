import { inject } from 'vitest';
import { timelineContract } from '../../support/contracts/timeline-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

timelineContract(tableMaker(inject('engine')));
