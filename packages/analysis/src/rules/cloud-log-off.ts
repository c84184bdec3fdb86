import { eachCommand, programOf, wordsOf, type Rule } from './rule.ts'

const ends: readonly (readonly [string, RegExp])[] = [
  [
    'aws',
    /^(cloudtrail (stop-logging|delete-trail|put-event-selectors|update-trail)|logs delete-log-(group|stream)|guardduty (delete-detector|update-detector)|configservice (stop-configuration-recorder|delete-\S+)|ec2 delete-flow-logs|securityhub disable-security-hub|macie2? disable-macie|s3api put-bucket-logging)\b/,
  ],
  ['gcloud', /^(logging (sinks|logs|buckets) (delete|update)|alpha logging \S+ delete)\b/],
  [
    'az',
    /^(monitor (diagnostic-settings|log-profiles|activity-log \S+) delete|security \S+ (delete|disable)|network watcher flow-log delete)\b/,
  ],
]

export const rule: Rule = {
  id: 'cloud-log-off',
  level: 'stop',
  why: 'The record that a cloud keeps of what is done in it is stopped or deleted.',
  techniques: ['T1685.002', 'T1562.008'],
  needs: { programs: ['aws', 'gcloud', 'az'] },
  find: (facts) =>
    eachCommand(
      facts,
      (command) => {
        const line = wordsOf(command)
          .slice(1)
          .filter((word) => !word.startsWith('--'))
          .join(' ')
        return ends.some(([program, pattern]) => programOf(command) === program && pattern.test(line))
      },
      () => 'the record that the cloud keeps of what is done in it is stopped or deleted',
    ),
  fires: [
    'aws cloudtrail stop-logging --name main',
    'az monitor diagnostic-settings delete --name x --resource y',
  ],
  silent: ['aws cloudtrail describe-trails', 'aws logs tail /app', 'aws s3 ls'],
}
