import fc from 'fast-check';
import type { Delivery } from '../../../src/follows/edge.ts';
import type { Table } from '../../../src/table/table.ts';
import { type Course, closeCourses, courses } from './commands.ts';
import { Deployments, type Variant } from './hosts.ts';
import type { MakeLaggingTable } from './lagging-table.ts';
import type { System } from './load-system.ts';
import { races } from './races.ts';
import { RecordingTable } from './recording-table.ts';
import { World } from './world.ts';

const KINDS: Record<Variant, Delivery[]> = { entry: ['entry'], push: ['push'], default: ['entry', 'push'] };

const run = async (
  system: System,
  variant: Variant,
  course: Course,
  deployments: Deployments,
  makeTable?: MakeLaggingTable,
): Promise<void> => {
  const world = new World(system, variant, course, deployments, makeTable);
  await world.begin(course.edges);
  for (const command of course.commands) await world.run(command);
  await world.rest();
  await world.check(course.last.host, course.last.sizes);
};

/** Whatever happens, in whatever order, a timeline is what its definition says. */
export const timelineProperty = (system: System, variant: Variant, makeDeployments = () => new Deployments()) =>
  fc.asyncProperty(courses(KINDS[variant]), (course) => run(system, variant, course, makeDeployments()));

/** The same, and every write and consistent read of it is made of another table after it, and must be answered alike. */
export const replayedProperty = (system: System, variant: Variant, makeTable: () => Promise<Table>) =>
  fc.asyncProperty(courses(KINDS[variant]), async (course) => {
    const recorded: RecordingTable[] = [];
    await run(system, variant, course, new Deployments(), (now, random) => {
      const table = new RecordingTable(now, random);
      recorded.push(table);
      return table;
    });
    for (const table of recorded) await table.replayOn(await makeTable());
  });

/** The same for one reader and one author, step by step. */
export const closeProperty = (system: System, variant: Variant) =>
  fc.asyncProperty(closeCourses(KINDS[variant]), (course) => run(system, variant, course, new Deployments()));

/** The same where one action is stopped in the middle, and others take place. */
export const raceProperty = (system: System, variant: Variant) =>
  fc.asyncProperty(races(KINDS[variant]), (course) => run(system, variant, course, new Deployments()));
