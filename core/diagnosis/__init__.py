"""From a paste to ranked findings.

    diagnosis = diagnose(data)      # redact, read, match, rank
    diagnosis.findings[0]           # cause, certainty, what is proven about the key, words, evidence
    judge(failure)                  # the same for one failure, such as a live test's
    explain("rate_limited")         # a cause that was looked up

No network, no database, no model. `key_verdict` says what a finding proves, `finding` puts it into words.
"""

from core.diagnosis.diagnose import again, diagnose, explain, judge, recall
from core.diagnosis.finding import Diagnosis, Evidence, Finding, RunnerUp

__all__ = ["Diagnosis", "Evidence", "Finding", "RunnerUp", "again", "diagnose", "explain", "judge", "recall"]
