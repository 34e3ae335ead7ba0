import { timelineContract } from '../../support/contracts/timeline-contract.ts';
import { MemoryTable } from '../../support/memory-table.ts';

timelineContract(async () => new MemoryTable());
