import type { StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm/nodejs'
import { coveredNeeds, spellNeed, type NeededCompetence } from './competence.ts'
import { isTableCurrent } from './country-table.ts'
import { factsAt, missingKinds, type FactsInForce } from './facts.ts'
import { tableNames } from './manifest.ts'
import { countriesOf, type Approval, type PolicyCase, type PolicyTarget } from './policy-case.ts'
import type { PolicySet } from './policy-set.ts'

type Value = string | number | boolean | readonly Value[] | Attributes | undefined
interface Attributes {
  readonly [name: string]: Value
}

/** A case as the engine is asked it, under one of its approvals. What is not known is left out, never filled in. */
export function cedarRequest(set: PolicySet, asked: PolicyCase, cited?: Approval): StatefulAuthorizationCall {
  const { person, target, context, action } = asked
  const facts = factsAt(person.facts, context.now)
  const needed = context.needed ?? target.technologies.map((technology) => ({ technology }))
  const call = {
    principal: { type: 'Person', id: person.id },
    action: { type: 'Action', id: action },
    resource: { type: 'Target', id: target.id },
    context: defined(contextOf(set, asked, needed, cited)),
    entities: [
      { uid: { type: 'Person', id: person.id }, attrs: defined(personOf(facts, needed)), parents: [] },
      { uid: { type: 'Target', id: target.id }, attrs: defined(targetOf(target)), parents: [] },
    ],
    preparsedSchemaName: set.preparsed.schema,
    preparsedPolicySetId: set.preparsed.policies,
    validateRequest: true,
  }
  // The engine's types want mutable arrays; it copies what it is given.
  return call as unknown as StatefulAuthorizationCall
}

const member = (type: string, id: string) => ({ __entity: { type, id } })
const maybe = (type: string, id: string | undefined) => (id === undefined ? undefined : member(type, id))
const moment = (instant: string) => ({ __extn: { fn: 'datetime', arg: instant } })

function personOf(facts: FactsInForce, needed: readonly NeededCompetence[]): Attributes {
  return {
    missing: missingKinds(facts).map((kind) => member('FactKind', kind)),
    affiliation: maybe('Affiliation', facts.affiliation),
    citizenships: facts.citizenships,
    origin: facts.origin,
    declaredLocation: facts.declaredLocation,
    networkLocation: facts.networkLocation,
    deviceLocation: facts.deviceLocation,
    investigation: facts.investigation,
    clearance: maybe('Clearance', facts.clearance),
    status: maybe('Status', facts.status),
    roles: (facts.roles ?? []).map((role) => member('Role', role)),
    agreements: facts.agreements ?? [],
    screenings: facts.screenings ?? [],
    training: facts.training ?? [],
    competences: coveredNeeds(facts.competences ?? [], needed),
  }
}

function targetOf({ id, system, regime, impactLevel, data }: PolicyTarget): Attributes {
  return {
    regime,
    system: system ?? id,
    impactLevel: maybe('ImpactLevel', impactLevel),
    data: data.map((label) => member('Data', label)),
  }
}

function contextOf(
  set: PolicySet,
  asked: PolicyCase,
  needed: readonly NeededCompetence[],
  cited: Approval | undefined,
): Attributes {
  const { regime, context } = asked
  const { now, tandem, emergency } = context
  const person = (id: string | undefined) => maybe('Person', id)
  return {
    now: moment(now),
    regime,
    needed: needed.map(spellNeed),
    technician: person(tandem?.technician),
    escorts: tandem?.escorts?.map((id) => member('Person', id)),
    approval: cited && approvalOf(cited),
    emergency: emergency && {
      second: person(emergency.second),
      reviewBy: emergency.reviewBy === undefined ? undefined : moment(emergency.reviewBy),
    },
    tables: tablesAt(set, now, new Set(countriesOf(asked))),
  }
}

function approvalOf({ kind, number, systems, countries, issued, expires }: Approval): Attributes {
  const dates = { issued: moment(issued), expires: moment(expires) }
  return { kind: member('ApprovalKind', kind), number, systems, countries, ...dates }
}

/** Of each current table the countries that the case names: all that can be asked of it, at a third of the time. */
function tablesAt({ tables }: PolicySet, now: string, named: ReadonlySet<string>): Attributes {
  const current: Record<string, Value> = {}
  for (const name of tableNames) {
    const table = tables[name]
    if (table !== undefined && isTableCurrent(table, now))
      current[name] = table.countries.filter((country) => named.has(country))
  }
  return current
}

/** Without the members that are `undefined`, which the engine would read as null. */
function defined(attributes: Attributes): Attributes {
  const kept: Record<string, Value> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    kept[name] = isRecord(value) ? defined(value) : value
  }
  return kept
}

function isRecord(value: Value): value is Attributes {
  return typeof value === 'object' && !Array.isArray(value)
}
