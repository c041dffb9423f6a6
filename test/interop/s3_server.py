"""An S3 server (moto) that checks signatures: prints its address and a user's key, and ends with its input."""
import json
import os
import sys

# So many requests are let through without a check, to make the bucket and the user.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"
os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = "3"

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
session = boto3.Session(aws_access_key_id="first", aws_secret_access_key="first", region_name="us-east-1")
session.client("s3", endpoint_url=endpoint).create_bucket(Bucket="data")
iam = session.client("iam", endpoint_url=endpoint)
iam.create_user(UserName="modelwright")
policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
iam.put_user_policy(UserName="modelwright", PolicyName="all", PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName="modelwright")["AccessKey"]
print(json.dumps({"endpoint": endpoint, "accessKeyId": key["AccessKeyId"], "secretAccessKey": key["SecretAccessKey"]}), flush=True)
sys.stdin.read()
server.stop()
