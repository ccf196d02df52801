"""AWS's token service on this machine: moto, once as a plain server and once behind a proxy for HTTPS, so that a program
that knows no other address than the real one comes here as well. Both know the same sessions. Says where they are in one
line, and ends with its stdin. Without moto it ends with status 9."""

import logging
import os
import shutil
import sys
import tempfile
import threading
from http.server import ThreadingHTTPServer

try:
    from moto.moto_proxy.certificate_creator import CertificateCreator
    from moto.moto_proxy.proxy3 import ProxyRequestHandler
    from moto.server import ThreadedMotoServer
except ImportError:
    sys.exit(9)

logging.disable(logging.CRITICAL)
with tempfile.TemporaryDirectory() as certificates:
    shutil.copy(os.path.join(CertificateCreator.certdir, "req.conf.tmpl"), certificates)
    CertificateCreator.certdir = certificates + "/"
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), ProxyRequestHandler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    print(server.get_host_and_port()[1], proxy.server_port, CertificateCreator.cacert, flush=True)
    # Those that make the certificates are talkative.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    sys.stdin.read()
    os.close(0)
os._exit(0)
