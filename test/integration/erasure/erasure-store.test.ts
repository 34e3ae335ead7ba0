import { inject } from 'vitest';
import { erasureContract } from '../../support/contracts/erasure-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

erasureContract(tableMaker(inject('engine')));
