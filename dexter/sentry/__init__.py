"""The client of the Sentry Web API: knows Sentry and GlitchTip, knows nothing of Django.

    from dexter.sentry.client import Client
    client = Client("https://sentry.io", "acme", token)
    for page in client.iter_pages(lambda cursor: client.issues(project=[1], cursor=cursor)):
        page.rows                                             # decoded JSON, each issue once
    client.for_people().update_issue(42, status="resolved")   # goes before the sync's requests

Modules and what is public in them:

- `client`: `Client`, `Page(rows, next_cursor, hits, direct_hit)`, `IssueDetail(body, merged_into)`,
  `Merged(parent, children)`, `Counters(requests, rate_limited, bytes)`, `Exchange`
- `errors`: the tree in its docstring; each has `what`, `did`, `todo`, `permanent`, `status`, `request`
- `flavour`: `SENTRY`, `GLITCHTIP`, `FLAVOURS[name]`; a flavour has `can(capability)`,
  `why_not(capability)`, `page_sort`, `recent_sort`
- `wire`: `Request`, `Answer`, `decode(status, headers, body)`, `api_base(url)`
- `headers`: `RateLimit`, `Deprecation`, `parse_links(header)`
- `pacing`: `Pacer`; `retry`: `RetryPolicy`; `breaker`: `Breaker` (`breaker.state.open_for` in seconds)
- `probe`: `probe(url, org, token, transport) -> ProbeResult(flavour, api_base, web_url, organization, scopes,
  missing, unverified, told)`; raises `SentryError`, of which `NotSentry` is one
- `webhooks`: `verify(secret, raw_body, signature)`, `parse(resource, raw_body) -> Webhook`

`Client`'s operations. The paged ones take `cursor=` and return a `Page`:

- paged: `organizations projects teams members releases(project, query, limit) release_deploys
  release_commits issues(...) issue_events(id, full=True) project_events tag_values hashes notes attachments`
- `index() organization() project(p) team(t) environments() release(version) issues_by_id(ids)`
- `issue(id) -> IssueDetail`, `issue_event(id, event_id) latest_event(id) oldest_event(id)
  recommended_event(id) event(project, event_id)`
- `tags(id) tag(id, key) activities(id) issue_stats(id) issues_stats(ids)`
- `users_per_project() -> {project id: users}`, `stats_v2(...)`
- writes: `update_issue(id, **changes) update_issues(ids, changes) delete_issue(id) delete_issues(ids)
  merge(ids) unmerge(id, hashes) share_issue(id, public=True) create_note(id, text) update_note delete_note`

`client.slug` is the organization, `client.counters` what was asked so far, `client.lane` "sync" or "person",
`client.deprecations` what the server is about to switch off. A pacer knows one process: several that use one
token each see the others only in the counts that Sentry tells, and may meet a 429, which is waited out.
"""
