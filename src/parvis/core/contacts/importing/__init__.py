"""Contacts that others recorded: any table of (organisation, place, channel, observer, day, criterion, value).

`read_mapping` reads what the columns mean, `read_contacts` reads the table without trusting it, `import_contacts`
makes a Dataset of origin `imported`, or refuses with every fault.
"""

from parvis.core.contacts.importing.building import Imported, import_contacts
from parvis.core.contacts.importing.mapping import Mapping, read_mapping
from parvis.core.contacts.importing.reading import ContactsTable, read_contacts

__all__ = ["ContactsTable", "Imported", "Mapping", "import_contacts", "read_contacts", "read_mapping"]
