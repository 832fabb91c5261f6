# What is changed in the container before it is committed: by the engine's `docker run`, and again in umoci's bundle.
set -e
echo 'hello, world' >/etc/greeting
rm /srv/site/robots.txt
mkdir -p /srv/site/pictures /var/log/greet
cp /usr/share/doc/greet/picture.png /srv/site/pictures/picture.png
echo started >/var/log/greet/log
chown -R 1000:1000 /var/log/greet
rm /usr/share/greeting
ln -s /etc/greeting /usr/share/greeting
rm -r /var/cache/opaque
mkdir -p /var/cache/opaque
echo newer >/var/cache/opaque/newer
chmod 0750 /home/ada
mv /usr/share/doc/greet/bytes.bin /usr/share/doc/greet/moved.bin
