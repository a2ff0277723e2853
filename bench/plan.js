import { spawnSync } from 'node:child_process';
import { peers } from './contenders.js';
import { toGatehouses } from './gatehouses.js';
import { works } from './works.js';

const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0;

/** The rows with these ids, in the table's order; all without ids. Throws on an unknown id. */
function pick(rows, ids = rows.map(({ id }) => id)) {
  const unknown = ids.filter((id) => !rows.some((row) => row.id === id));
  if (unknown.length > 0)
    throw new Error(`no ${unknown.join(', ')}: there are ${rows.map(({ id }) => id).join(', ')}`);
  return rows.filter(({ id }) => ids.includes(id));
}

/** The works of a run, each with the takers that can run here, and the contenders that it takes, Gatehouses first. */
export function toPlan({ quick, work: workIds, peer: peerIds }, main) {
  const gatehouses = toGatehouses(main);
  const chosen = [...gatehouses, ...pick(peers, peerIds)];
  const missing = chosen.flatMap((contender) => {
    const why = contender.needsRedis && !hasRedis() ? 'redis-server is not installed' : contender.missing?.();
    return why === undefined ? [] : [{ id: contender.id, title: contender.title, why }];
  });
  const present = chosen.filter(({ id }) => !missing.some((contender) => contender.id === id));
  const wanted = pick(works, workIds).filter(({ main: isMain }) => !quick || workIds !== undefined || isMain);
  const plan = wanted.map((work) => ({
    work,
    takers: work.takers.flatMap((row, at) => {
      const contender = present.find(({ id }) => id === (row.server ?? row.id));
      const isAsked =
        !quick || at === 0 || work.goals.some(({ id, against }) => [id, against].includes(row.id));
      const known = { title: contender?.title, target: work.target, asks: 'bearer' };
      return contender && isAsked ? [{ ...known, ...row, contender }] : [];
    }),
  }));
  const taking = new Set(plan.flatMap(({ takers }) => takers.map(({ contender }) => contender)));
  const isNeeded = (contender) => taking.has(contender);
  return { plan, missing, contenders: present.filter(isNeeded) };
}
