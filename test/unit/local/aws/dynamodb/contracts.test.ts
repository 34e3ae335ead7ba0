import { connectionContract } from '../../../../support/contracts/connection-contract.ts';
import { entryContract } from '../../../../support/contracts/entry-contract.ts';
import { followContract } from '../../../../support/contracts/follow-contract.ts';
import { followModelContract } from '../../../../support/contracts/follow-model-contract.ts';
import { listContract } from '../../../../support/contracts/list-contract.ts';
import { presenceContract } from '../../../../support/contracts/presence-contract.ts';
import { tableReadContract } from '../../../../support/contracts/table-read-contract.ts';
import { tableWriteContract } from '../../../../support/contracts/table-write-contract.ts';
import { thoughtContract } from '../../../../support/contracts/thought-contract.ts';
import { thoughtCreateContract } from '../../../../support/contracts/thought-create-contract.ts';
import { timelineContract } from '../../../../support/contracts/timeline-contract.ts';
import { userContract } from '../../../../support/contracts/user-contract.ts';
import { engineTable } from '../../../../support/engine-table.ts';

const makeTable = async () => (await engineTable()).table;

tableReadContract(makeTable);
tableWriteContract(makeTable);
thoughtContract(makeTable);
thoughtCreateContract(makeTable);
timelineContract(makeTable);
entryContract(makeTable);
listContract(makeTable);
followContract(makeTable);
followModelContract(makeTable, 100);
connectionContract(makeTable);
presenceContract(makeTable);
userContract(makeTable);
