/** What holds for every step that the runner starts, so that nobody expects more of the stop button. */
export function KillLimits() {
  return (
    <section className="panel" id="kill-limits" aria-labelledby="kill-limits-title">
      <h2 id="kill-limits-title">What stopping cannot undo</h2>
      <ul className="plain-list">
        <li>What a step has done before it is stopped stays done. Nothing is rolled back by itself.</li>
        <li>
          Work that it handed on goes on without it: jobs given to cron, at or systemd, to a database, or to
          another machine.
        </li>
        <li>
          A process that changed to another account may be out of reach. Processes that are left are counted
          and shown to you.
        </li>
        <li>A process that waits for a disk or a device ends only when the system lets it go.</li>
      </ul>
    </section>
  )
}
