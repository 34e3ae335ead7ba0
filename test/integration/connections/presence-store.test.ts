import { inject } from 'vitest';
import { presenceContract } from '../../support/contracts/presence-contract.ts';
import { freshTable } from '../../support/real-table.ts';

presenceContract(async () => (await freshTable(inject('engine'))).table);
