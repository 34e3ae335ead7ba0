import type { Units } from '../table/units.ts';

const READS_A_TOKEN = 20;
/** A write unit costs as much as five read units: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
const WRITES_A_TOKEN = 4;

/** How many tokens of its connection's limit a frame takes beside the one for itself, by what it has used of the table. */
export const tokensOf = ({ reads, writes }: Units): number => reads / READS_A_TOKEN + writes / WRITES_A_TOKEN;
