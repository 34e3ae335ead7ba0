import { inject } from 'vitest';
import { connectionContract } from '../../support/contracts/connection-contract.ts';
import { freshTable } from '../../support/real-table.ts';

connectionContract(async () => (await freshTable(inject('engine'))).table);
