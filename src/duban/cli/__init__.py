"""The command line: every verb of the engine, and a command for every event that the pack declares.

A table when a person looks, plain tab-separated text in a pipe, one JSON document with ``--json``.

Exit codes:

==  =========================================================================
0   done
1   a fault of duban or of its store; also ``verify`` and ``doctor`` that found something
2   usage: what was typed does not make sense, or the store was not made ready with ``duban init``
3   refused: a guard, a role or the state says no
4   unknown: a case, workflow, event, actor or message that is not there, or not for this actor
5   conflict: somebody was faster, or a key was used for something else
6   invalid definition: the files of a pack do not make machines
7   invalid data: a value or a file does not fit its field
==  =========================================================================

``130`` after Ctrl-C. A reader that leaves early, such as ``head``, is no error.
"""

import gc


def main() -> None:
    """Run ``duban`` with the arguments of the process, and leave it with an exit code."""
    # Nothing is imported before it is wanted: a shell asks for `--help` and for completions often. What is imported
    # stays; to look for garbage in it again and again is a tenth of the time that most commands take. So it is looked
    # for when more was made than a short command makes.
    gc.set_threshold(200_000)
    from duban.cli.program import program

    try:
        program.main(prog_name="duban")
    finally:
        # By now its owner closed whatever has to be closed. Python would search all that was imported for garbage once
        # more and take it apart piece by piece, before the end of the process takes all away at once.
        gc.freeze()
