import { inject } from 'vitest';
import { userContract } from '../../support/contracts/user-contract.ts';
import { freshTable } from '../../support/real-table.ts';

userContract(async () => (await freshTable(inject('engine'))).table);
