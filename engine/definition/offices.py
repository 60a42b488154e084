"""Loads offices.yaml: the offices of a deployment, no two of which have a store or an evidence folder in common."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from duban.engine.definition.channel_documents import EnvDoc
from duban.engine.definition.channels import VARIABLE
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.office_documents import OfficeDoc, OfficesDoc
from duban.engine.definition.parts import label_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.errors import StoreError
from duban.engine.model.channel import Setting
from duban.engine.model.office import Office, StorePlace
from duban.engine.ports.addresses import Addresses

_SLUG: Final = re.compile(r"(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")


def load_offices(path: Path, addresses: Addresses, environ: Mapping[str, str]) -> dict[str, Office]:
    """Read and check the offices of a deployment, in their order. Neither a pack nor a store is opened.

    ``environ`` tells the stores that stand in variables, so that they can be told apart; one that is not set is left
    to whoever opens the office.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(OfficesDoc, node, str(path))
    loader = _Loader(path.absolute().parent, addresses, environ, findings)
    offices = {name: loader.office(name, one) for name, one in doc.offices.items()}
    findings.raise_if_any()
    return offices


class _Loader:
    """Builds one office after the other, and knows what those before it have taken."""

    def __init__(self, folder: Path, addresses: Addresses, environ: Mapping[str, str], findings: Findings) -> None:
        self._folder = folder
        self._addresses = addresses
        self._environ = environ
        self._findings = findings
        self._stores: dict[tuple[str, str | None], str] = {}
        self._folders: dict[str, tuple[Path, Path]] = {}

    def office(self, name: str, doc: OfficeDoc) -> Office:
        """One office; what is wrong with it is noted."""
        loc: Loc = ("offices", name)
        if not _SLUG.fullmatch(name):
            self._findings.add(loc, "office-name", at_key=True, name=name)
        store = self._setting(doc.store, (*loc, "store"))
        password = self._setting(doc.password, (*loc, "password")) if doc.password is not None else None
        place = self._place(store, (*loc, "store"))
        if place is not None:
            self._check_store(name, doc, place)
        evidence = self._folder / Path(doc.evidence).expanduser() if doc.evidence is not None else None
        if evidence is None and place is not None:
            evidence = place.beside
            if evidence is None and place.kind == "postgresql":
                self._findings.add(loc, "office-no-evidence", at_key=True, name=name)
        if evidence is not None:
            self._check_evidence(name, evidence, self._findings.first((*loc, "evidence"), (*loc, "store")))
        self._check_variables(doc, (*loc, "variables"))
        label = label_of(doc.label, name)
        return Office(name, label, doc.pack, store, password, evidence, self._folder, dict(doc.variables))

    def _setting(self, value: EnvDoc | str, loc: Loc) -> Setting:
        if isinstance(value, str):
            return Setting(text=value)
        if not VARIABLE.fullmatch(value.env):
            self._findings.add((*loc, "env"), "channel-variable", name=value.env)
        return Setting(env=value.env)

    def _check_variables(self, doc: OfficeDoc, loc: Loc) -> None:
        for name, own in doc.variables.items():
            for one, at_key in ((name, True), (own, False)):
                if not VARIABLE.fullmatch(one):
                    self._findings.add((*loc, name), "channel-variable", at_key=at_key, name=one)

    def _place(self, store: Setting, loc: Loc) -> StorePlace | None:
        """Where the store is; None where that is not known, or not understood."""
        url = store.text if store.text is not None else self._environ.get(str(store.env), "").strip()
        try:
            return self._addresses.place(url, self._folder) if url else None
        except StoreError as fault:
            if store.text is not None:
                self._findings.add(loc, "office-store", why=fault.data["why"])
            return None

    def _check_store(self, name: str, doc: OfficeDoc, place: StorePlace) -> None:
        loc: Loc = ("offices", name, "store")
        if place.has_secret and isinstance(doc.store, str):
            # Not repeated: it is better taken out of the file at once.
            self._findings.add(loc, "channel-secret", name="store")
        if not place.is_kept:
            self._findings.add(loc, "office-in-memory")
        if place.kind == "postgresql" and place.schema is None:
            self._findings.add(loc, "office-no-schema", found=name.replace("-", "_"))
        if place.kind == "sqlite" and doc.password is not None:
            self._findings.add((*loc[:2], "password"), "office-password", at_key=True)
        other = self._stores.setdefault((place.database, place.schema), name)
        if other != name and place.is_kept:
            self._findings.add(loc, "office-store-shared", other=other)

    def _check_evidence(self, name: str, evidence: Path, loc: Loc) -> None:
        """A folder within another one is shared with it, too; and so is that of the archives beside it."""
        mine, beside = evidence.resolve(), self._addresses.archives(evidence).resolve()
        for other, (taken, archives) in self._folders.items():
            if _is_shared(mine, taken):
                self._findings.add(loc, "office-evidence-shared", other=other)
                return
            if any(_is_shared(one, two) for one, two in ((mine, archives), (beside, taken), (beside, archives))):
                self._findings.add(loc, "office-archives-shared", other=other)
                return
        self._folders[name] = (mine, beside)


def _is_shared(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents
