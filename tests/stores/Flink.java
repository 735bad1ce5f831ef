// SPDX-License-Identifier: Apache-2.0
// Flink SQL LINES OUT: the table of contrib/schema/flink.sql with a file of lines instead of the topic, and written to a
// directory OUT again as JSON. Kafka's connector is left out, its format and the table are as shipped.
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

public class Flink {
    public static void main(String[] args) throws Exception {
        String table = Files.readString(Path.of(args[0])).replaceAll("(?m)^--.*$", "").strip();
        String kafka = "'connector' = 'kafka',\\s+'topic' = 'processes',\\s+'properties.bootstrap.servers' = '127.0.0.1:9092',"
            + "\\s+'scan.startup.mode' = 'earliest-offset',";
        String file = "'connector' = 'filesystem', 'path' = '" + args[1] + "',";
        String here = table.substring(0, table.length() - 1).replaceFirst(kafka, file);
        if (!here.contains(file)) {
            throw new IllegalStateException("the table's options are not those that are replaced here");
        }
        TableEnvironment flink = TableEnvironment.create(EnvironmentSettings.inBatchMode());
        flink.getConfig().set("table.local-time-zone", "UTC");
        flink.getConfig().set("parallelism.default", "1");
        flink.executeSql(here);
        flink.executeSql("CREATE TABLE there WITH ('connector' = 'filesystem', 'path' = '" + args[2] + "', 'format' = 'json', "
            + "'json.timestamp-format.standard' = 'ISO-8601', 'json.encode.ignore-null-fields' = 'true') "
            + "LIKE message (EXCLUDING OPTIONS EXCLUDING WATERMARKS)");
        flink.executeSql("INSERT INTO there SELECT * FROM message").await();
    }
}
