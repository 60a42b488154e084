"""A small pack that has everything by which a hidden case could be told: every kind of field, and every way out."""

from pathlib import Path

ORGANIZATION = """
timezone: Asia/Shanghai
units: {office: {}, roads: {}, bench: {}}
communities: {hill: {parent: office, grids: {hill-1: {}}}}
roles:
  clerk: {sees: all, label: {en: Clerk, zh: 文员}}
  hand: {sees: unit}
  caller: {sees: own}
  judge: {sees: all}
  usher: {sees: unit}
posts:
  clerk: {unit: office, roles: [clerk]}
  road-hand: {unit: roads, roles: [hand]}
  caller-1: {unit: hill-1, roles: [caller]}
  judge-1: {unit: bench, roles: [judge]}
  judge-2: {unit: bench, roles: [judge]}
  usher: {unit: bench, roles: [usher]}
accounts:
  two-hats: {posts: [caller-1, road-hand]}
"""
FIELDS = """
  title: {type: text, label: {en: Title, zh: 标题}}
  notes: {type: text}
  weight: {type: number}
  urgent: {type: boolean}
  on: {type: date}
  colour: {type: choice, of: {red: {en: Red, zh: 红}, blue: {en: Blue, zh: 蓝}}}
  unit: {type: unit}
  who: {type: post}
  helpers: {type: list, of: post}
  papers: {type: evidence}
  about: {type: case, workflow: deal}
"""
TAKEN = "[notes, weight, urgent, on, colour, unit, who, helpers, papers, about]"
TIP = f"""
workflow: tip
version: 1
reference: TIP
label: {{en: Tip, zh: 线索}}
confidential: [judge]
fields: {FIELDS}
states: {{open: {{}}, weighed: {{}}, done: {{final: true}}}}
events:
  tell:
    to: open
    by: [judge, caller, system]
    needs: [title]
    takes: {TAKEN}
    do: [{{notify: {{to: [judge, clerk, unit]}}}}]
  weigh: {{from: open, to: weighed, by: [judge], takes: {TAKEN}, do: [{{notify: {{to: [judge, clerk]}}}}]}}
  end:
    from: weighed
    to: done
    by: [judge]
    takes: [notes]
    when: [{{check: "actor != last.weigh.actor", else: {{en: who weighed it cannot end it, zh: 须由他人了结}}}}]
  stir: {{from: [open, weighed], by: [scheduler], takes: [on]}}
deadlines:
  look:
    runs_in: [open]
    within: 1 working hour
    ladder:
      - {{at: due, level: 1, do: [{{notify: {{to: [judge, clerk]}}}}]}}
      - {{at: due + 1 working day, level: 2, start: [{{workflow: tip, with: {{title: title}}}}]}}
counts:
  weighings:
    of: weigh
    across: [colour]
    within: 20 working days
    ladder: [{{at: 3, do: [{{notify: {{to: judge}}}}]}}]
"""
DEAL = f"""
workflow: deal
version: 1
reference: DEA
label: {{en: Deal, zh: 事项}}
follow: {{shows: [title]}}
fields: {FIELDS}
states: {{open: {{}}, heard: {{}}, done: {{final: true}}}}
events:
  offer:
    to: open
    by: [clerk, hand, caller]
    needs: [title]
    takes: {TAKEN}
    do: [{{notify: {{to: [judge, clerk, unit]}}}}]
  link: {{from: open, by: [clerk, judge], needs: [about]}}
  hear: {{from: open, to: heard, by: [clerk], takes: {TAKEN}, do: [{{notify: {{to: clerk}}}}]}}
  seal:
    from: any
    by: [judge, clerk]
    takes: [notes]
    confidential: [judge]
    do: [{{notify: {{to: [judge, clerk]}}}}]
  stir: {{from: open, by: [scheduler], takes: [on]}}
  close: {{from: heard, to: done, by: [clerk]}}
deadlines:
  answer:
    runs_in: [open]
    within: 1 working day
    ladder:
      - {{at: due, level: 1, do: [{{notify: {{to: [clerk, unit]}}}}]}}
      - {{at: due + 2 working days, level: 2, start: [{{workflow: tip, with: {{title: title}}}}]}}
counts:
  heard: {{of: hear, across: [colour], within: 20 working days}}
boards:
  deals: {{label: {{en: Deals, zh: 公示}}, in: [open, heard], shows: [title, on]}}
"""
CADENCES = """
cadences:
  stirring: {on: working day, at: "10:00", fire: {workflow: tip, event: stir, with: {on: date}}}
  walking: {on: working day, at: "11:00", fire: {workflow: deal, event: stir, with: {on: date}}}
"""
FIGURES = """
figures:
  dealt:
    label: {en: Dealt, zh: 办结}
    version: 1
    formula: {en: deals, zh: 事项}
    of: deal
    measure: count
    counts: open
"""
DOCUMENTS = """
documents:
  sheet:
    workflow: deal
    label: {en: Sheet, zh: 单}
    templates: {md: sheet.md}
    words: {heading: {en: "Deal: {title}", zh: "事项：{title}"}}
  note: {workflow: tip, templates: {md: sheet.md}, words: {heading: {en: "Tip: {title}", zh: "线索：{title}"}}}
  files: {workflow: deal, from: papers, xlsx: tables}
"""
CHANNELS = """
hosts: {{127.0.0.1: {{ports: [{web}, {mail}], plain: true, private: true}}}}
channels:
  post_box:
    kind: mail
    to: [clerk, road-hand, judge-1]
    digest: {{minutes: 5, most: 20}}
    server: 127.0.0.1
    port: {mail}
    security: none
    sender: duban@street.example
    addresses: {{clerk: clerk@street.example, road-hand: roads@street.example, judge-1: judge@street.example}}
  register:
    kind: webhook
    to: [clerk, judge-1]
    digest: {{minutes: 5, most: 50}}
    url: http://127.0.0.1:{web}/in
    secret: {{env: DUBAN_REGISTER_SECRET}}
"""
SECRET = {"DUBAN_REGISTER_SECRET": "x" * 40}


def written(folder: Path, web: int, mail: int) -> Path:
    """Write the pack, with its channels to these ports of this machine."""
    folder.mkdir()
    channels = CHANNELS.format(web=web, mail=mail)
    files = {
        "organization": ORGANIZATION, "tip": TIP, "deal": DEAL, "cadences": CADENCES, "figures": FIGURES,
        "documents": DOCUMENTS, "channels": channels,
    }  # fmt: skip
    for name, words in files.items():
        (folder / f"{name}.yaml").write_text(words, encoding="utf-8")
    (folder / "sheet.md").write_text("# {{ words.heading }}\n", encoding="utf-8")
    return folder
