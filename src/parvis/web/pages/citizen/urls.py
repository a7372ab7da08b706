from django.urls import path

from parvis.web.pages.citizen import elsewhere, entrance, rule, survey

app_name = "citizen"
urlpatterns = [
    path("", entrance.find, name="find"),
    path("regle/<slug:edition>/", rule.rule, name="rule"),  # no entry point has a code of five letters
    path("<slug:code>/", survey.start, name="start"),
    path("<slug:code>/suite/<slug:page>/", survey.answered, name="page"),
    path("<slug:code>/merci/", elsewhere.thanks, name="thanks"),
    path("<slug:code>/jetons/", elsewhere.kiosk_tokens, name="kiosk-tokens"),
    path("<slug:code>/borne/", elsewhere.kiosk, name="kiosk"),
    path("<slug:code>/borne/veille.js", elsewhere.kiosk_worker, name="kiosk-worker"),
    path("<slug:code>/borne/<slug:page>/", elsewhere.kiosk_answered, name="kiosk-page"),
    path("<slug:code>/cadre/", elsewhere.embed, name="embed"),
    path("<slug:code>/cadre/<slug:page>/", elsewhere.embed_answered, name="embed-page"),
]
