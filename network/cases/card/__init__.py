"""What a card and a case's account hold: ``fields`` names them, ``values`` checks what is put into them,
``reading`` puts them into words. Pure, so that whoever receives a packet reads it by the same names."""
