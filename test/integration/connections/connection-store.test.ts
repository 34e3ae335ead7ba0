import { inject } from 'vitest';
import { connectionContract } from '../../support/contracts/connection-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

connectionContract(tableMaker(inject('engine')));
