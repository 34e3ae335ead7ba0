import { conversationContract } from '../../support/contracts/conversation-contract.ts';
import { inboxContract } from '../../support/contracts/inbox-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

const makeTable = async () => new MemoryTable();

conversationContract(makeTable);
inboxContract(makeTable);
