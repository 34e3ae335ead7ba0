import { inject } from 'vitest';
import { limiterContract } from '../../support/contracts/limiter-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

limiterContract(tableMaker(inject('engine')));
