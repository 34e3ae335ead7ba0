import { inject } from 'vitest';
import { timelineContract } from '../../support/contracts/timeline-contract.ts';
import { freshTable } from '../../support/real-table.ts';

timelineContract(async () => (await freshTable(inject('engine'))).table);
