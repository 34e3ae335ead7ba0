import { inject } from 'vitest';
import { userContract } from '../../support/contracts/user-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

userContract(tableMaker(inject('engine')));
