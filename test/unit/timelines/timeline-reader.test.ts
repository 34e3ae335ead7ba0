import { entryContract } from '../../support/contracts/entry-contract.ts';
import { listContract } from '../../support/contracts/list-contract.ts';
import { timelineContract } from '../../support/contracts/timeline-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

timelineContract(async () => new MemoryTable());
entryContract(async () => new MemoryTable());
listContract(async () => new MemoryTable());
