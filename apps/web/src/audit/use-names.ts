import { useAnswer } from '../api/query.ts'

/** Names for people's ids, as far as they are known. */
export function useNames(): (person: string) => string {
  const people = useAnswer('people', {})
  const names = new Map((people.data ?? []).map(({ person, name }) => [person, name]))
  return (person) => names.get(person) ?? person
}
