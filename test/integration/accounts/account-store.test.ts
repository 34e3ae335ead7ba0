import { inject } from 'vitest';
import { accountContract } from '../../support/contracts/account-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

accountContract(tableMaker(inject('engine')));
