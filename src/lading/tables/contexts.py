"""Which contexts an expression can name, by the place where it stands.

Source: actions/languageservices:workflow-parser/src/workflow-v1.0.json at 4043eda (2026-08-05), the `context` of its
definitions.
"""

from __future__ import annotations

WORKFLOW = frozenset(("github", "inputs", "vars"))
"""`run-name`, `concurrency` of the workflow."""
WORKFLOW_ENV = WORKFLOW | {"secrets"}
JOB_IF = WORKFLOW | {"needs"}
"""`if` and `strategy` of a job."""
JOB = JOB_IF | {"strategy", "matrix"}
"""`name`, `runs-on`, `timeout-minutes`, `continue-on-error`, `concurrency`, `environment` of a job; `with` of a call."""
JOB_ENV = JOB | {"secrets"}
"""`env` of a job, and `secrets` of a call."""
STEP_IF = JOB | {"steps", "job", "runner", "env"}
STEP = STEP_IF | {"secrets"}
"""Everything else of a step, and `outputs` of a job."""
