import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import org.h2.mvstore.MVStore;

/**
 * A server that speaks MongoDB's protocol, whose data are in the file FILE before it says so: as it is, it writes once a
 * second. One command at a time, for a page must not be written while another command changes a document in it.
 *
 * <p>Usage: java -cp JARS DurableServer.java FILE PORT
 */
public final class DurableServer extends H2Backend {
    private final MVStore store;

    private DurableServer(MVStore store) {
        super(store);
        this.store = store;
    }

    @Override
    public synchronized Document handleMessage(MongoMessage message) {
        try {
            return super.handleMessage(message);
        } finally {
            store.commit();
        }
    }

    /** What it says it is: the oldest version that drivers of today talk to. */
    private static final class MongoDb44 implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(4, 4, 0);
        }

        @Override
        public int getWireVersion() {
            return 9;
        }
    }

    public static void main(String[] arguments) {
        MVStore store = new MVStore.Builder().fileName(arguments[0]).autoCommitDisabled().open();
        var backend = new DurableServer(store);
        backend.version(new MongoDb44());
        try {
            new MongoServer(backend).bind("127.0.0.1", Integer.parseInt(arguments[1]));
        } catch (RuntimeException error) {
            error.printStackTrace();
            System.exit(1); // its threads would go on without it
        }
    }
}
