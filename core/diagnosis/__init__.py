"""From a paste to ranked findings.

>>> answer = b'{"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}'
>>> diagnosis = diagnose(answer)
>>> diagnosis.findings[0].cause, diagnosis.findings[0].key_verdict.value
('invalid_key', 'rejected')
>>> explain("rate_limited").card.who_fixes.value
'wait'

`diagnose` redacts, reads, matches and ranks; `judge` does the same for one failure, such as a live test's; `explain` is
for a cause that was looked up. No network, no database, no model. `key_verdict` says what a finding proves, `finding`
puts it into words.
"""

from core.diagnosis.diagnose import again, diagnose, explain, judge, recall
from core.diagnosis.finding import Diagnosis, Evidence, Finding, RunnerUp

__all__ = ["Diagnosis", "Evidence", "Finding", "RunnerUp", "again", "diagnose", "explain", "judge", "recall"]
