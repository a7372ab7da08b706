from django.urls import path

from parvis.web.pages.mailbox import lost, thread

app_name = "mailbox"
urlpatterns = [
    path("terrain/missions/<int:mission>/courriel/", thread.thread, name="thread"),
    path("pilotage/<slug:edition>/courriels/", lost.lost, name="lost"),
]
