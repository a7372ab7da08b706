"""ODK Collect's addresses (their last parts are the protocol's own words), and the pages that go with them."""

from django.urls import path, register_converter

from parvis.web.pages.openrosa import parcels, phones, protocol


class Written:
    """A part of an address that is taken as it is written."""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Key(Written):
    regex = "[A-Za-z0-9_-]{20,80}"


class FormName(Written):
    regex = "[a-z0-9-]{1,60}"


register_converter(Key, "phone_key")
register_converter(FormName, "form_name")

app_name = "openrosa"
urlpatterns = [
    path("odk/<phone_key:token>/formList", protocol.form_list, name="forms"),
    path("odk/<phone_key:token>/formulaires/<form_name:form>.xml", protocol.form, name="form"),
    path("odk/<phone_key:token>/fichiers/<form_name:form>", protocol.manifest, name="manifest"),
    path("odk/<phone_key:token>/submission", protocol.submission, name="submission"),
    path("terrain/odk/", phones.phones, name="phones"),
    path("terrain/odk/<int:key>/revoquer/", phones.revoke, name="revoke"),
    path("pilotage/<slug:edition>/envois/", parcels.listing, name="parcels"),
    path("pilotage/<slug:edition>/envois/<int:parcel>/", parcels.parcel, name="parcel"),
]
