from django.urls import path

from parvis.web.pages.organiser.fieldwork import board, missions, observers, review

app_name = "fieldwork"
urlpatterns = [
    path("", board.board, name="board"),
    path("missions/", missions.listing, name="missions"),
    path("missions/proposer/", missions.offer_all, name="offer-all"),
    path("missions/<int:mission>/", missions.mission, name="mission"),
    path("citoyens-mystere/", observers.listing, name="observers"),
    path("citoyens-mystere/<int:observer>/", observers.observer, name="observer"),
    path("relecture/", review.queue, name="queue"),
    path("relecture/approuver/", review.approve_all, name="approve-all"),
    path("relecture/<uuid:observation>/", review.observation, name="observation"),
    path("relecture/<uuid:observation>/pieces/<int:piece>/", review.piece, name="piece"),
    path("signalements/", board.troubles, name="troubles"),
]
