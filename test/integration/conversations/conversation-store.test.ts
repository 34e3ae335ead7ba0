import { inject } from 'vitest';
import { conversationContract } from '../../support/contracts/conversation-contract.ts';
import { inboxContract } from '../../support/contracts/inbox-contract.ts';
import { tableMaker } from '../../support/real-table.ts';

const makeTable = tableMaker(inject('engine'));

conversationContract(makeTable);
inboxContract(makeTable);
