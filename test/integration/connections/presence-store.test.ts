import { inject } from 'vitest';
import { presenceContract } from '../../support/contracts/presence-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

presenceContract(tableMaker(inject('engine')));
